"""Four hubs (四个核心中枢): data, events, applications, development."""
