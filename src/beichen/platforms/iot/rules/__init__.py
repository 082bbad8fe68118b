"""Rules (规则) over readings: a condition that holds of a thing for some time raises an event, and clears."""
