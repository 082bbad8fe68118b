"""The OpenID provider at `/o`: one sign-in serves every system of the city (一次认证、多次复用、全网通办)."""
