"""区块链平台: a Merkle log that anybody can hold the city to, and certificates (电子证照) that anybody can
check."""
