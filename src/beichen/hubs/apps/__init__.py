"""The hub of applications (应用中枢): the systems that connect to the city, and what people let them know."""
