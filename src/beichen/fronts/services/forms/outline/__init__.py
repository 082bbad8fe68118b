"""A form as a list that people arrange: what the visual editor shows, and its way back."""
