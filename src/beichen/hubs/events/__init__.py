"""The event hub (事件中枢): what happens reaches the desk that must act, in time, and comes back rated."""
