"""The provider and a foreign client, and one house as the identity provider of another, over HTTP."""
