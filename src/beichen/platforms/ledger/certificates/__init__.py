"""Certificates: issued as SD-JWT VC, shown as a card and a PDF, checked by anybody."""
