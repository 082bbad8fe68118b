"""Project lists (项目清单) as offices keep them in xlsx: found, read, checked, applied, written."""
