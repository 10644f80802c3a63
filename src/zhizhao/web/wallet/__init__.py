"""The holder's door: phone pages, their fragments, and the public JSON that other channels build on (手机执照)."""
