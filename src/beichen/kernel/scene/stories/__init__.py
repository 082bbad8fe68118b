"""Stories: given – when – then, run through the open protocols. A scene's proof, and its demo's words."""
