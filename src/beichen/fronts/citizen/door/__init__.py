"""The door `/`: one search, big buttons, what is near, what is new; nobody needs an account for it."""
