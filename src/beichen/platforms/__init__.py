"""Seven base capabilities (七个基础能力平台) that every hub and scene stands on."""
