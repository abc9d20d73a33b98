"""HJ 212 over TCP: data loggers' daily messages become monthly pollutant figures."""
