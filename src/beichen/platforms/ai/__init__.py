"""人工智能平台: models of scenes, what they foretell and find, and how well."""
