"""The pages of messages: the inbox, who was told, rosters, preferences."""
