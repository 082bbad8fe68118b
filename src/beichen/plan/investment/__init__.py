"""项目与资金要素: the plan's projects with stages, money, land and approvals ("projects follow the plan,
money and elements follow the projects", plan, 17.3).
"""
