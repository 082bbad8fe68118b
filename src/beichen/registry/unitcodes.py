"""Units of measure as NGSI-LD says them: the common codes of UN/CEFACT Recommendation 20."""

from __future__ import annotations

_CODES = {
    "1": "C62",
    "%": "P1",
    "A": "AMP",
    "Hz": "HTZ",
    "L": "LTR",
    "L/s": "G51",
    "MPa": "MPA",
    "Pa": "PAL",
    "V": "VLT",
    "W": "WTT",
    "bar": "BAR",
    "cm": "CMT",
    "dB": "2N",
    "d": "DAY",
    "degree": "DD",
    "g": "GRM",
    "h": "HUR",
    "hPa": "A97",
    "kPa": "KPA",
    "kV": "KVT",
    "kW": "KWT",
    "kWh": "KWH",
    "kg": "KGM",
    "km": "KMT",
    "km/h": "KMH",
    "lx": "LUX",
    "m": "MTR",
    "m/s": "MTS",
    "m3": "MTQ",
    "m3/h": "MQH",
    "m3/s": "MQS",
    "mg/L": "M1",
    "mg/m3": "GP",
    "min": "MIN",
    "mm": "MMT",
    "mm/h": "H67",
    "ms": "C26",
    "s": "SEC",
    "t": "TNE",
    "ug/m3": "GQ",
    "°C": "CEL",
    "µg/m3": "GQ",
    "μg/m3": "GQ",
}


def unit_code(unit: str) -> str:
    """The common code of ``unit``; a unit without one stands for itself."""
    return _CODES.get(unit.replace("³", "3").replace("²", "2"), unit)
