"""Custom rules: primitives with rules of the user's own, numerical derivatives on request, implicit functions.

==================  ==================================================================================
``primitive``       ``@adpy.primitive``: a black box and its rules
``calling``         one call of a primitive: plain values for the body, flat operands for the trace
``structures``      what a rule returned against what it should have returned
``following``       running a rule, under the capture of a transform around it
``transposition``   the transpose of a linear map, for primitives that have one rule of the two
``partials``        elementwise primitives
``rules``           the tangent and cotangent maps of a call, from what rules there are
``differences``     extrapolated differences
``numerical``       ``adpy.numerical``
``checking``        ``adpy.check_rule``, with its ``report``
``closures``        functions apart from the traced values that they close over
``trees``           arithmetic of trees for the two hooks below
``linear_solve``    ``adpy.custom_linear_solve``
``root``            ``adpy.custom_root``
==================  ==================================================================================
"""
