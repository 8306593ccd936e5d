"""What is judged by points: risk, readiness to grow or to buy, health."""
