"""Keys, algorithms, certificates and the one way out to the network (密码与信任).

Legal basis: 密码法, 商用密码管理条例 (2023); GB/T 32918, GB/T 32905, GB/T 35276.
"""
