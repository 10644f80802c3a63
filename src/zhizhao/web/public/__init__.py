"""The public door: start page, guides, licence display, verification (亮照与核验). No login, no personal data kept."""
