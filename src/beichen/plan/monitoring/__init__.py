"""动态监测: values come in with their sources, are judged by published rules, forecast, and warned about."""
