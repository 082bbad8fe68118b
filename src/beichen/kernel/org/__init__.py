"""Who the city is made of: regions, bodies, people, and the posts that people hold."""
