"""The wallet's JSON, public: the phone pages use it, and other channels may be built on it (INTERFACES.md §6)."""
