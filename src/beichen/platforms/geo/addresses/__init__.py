"""The standard address library (标准地址库): what is where, and finding it by what people write."""
