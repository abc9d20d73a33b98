"""Reports and registry records over HTTP: checked at the door, accepted when Kafka has them."""
