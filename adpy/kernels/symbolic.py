"""Derivatives of a rule's own code: its syntax tree differentiated, for the second-order kernels.

A rule is straight-line code of arithmetic, ``np.where`` and functions that have rules themselves.  Whatever is more
raises :class:`NotSymbolic`, and the function gets no opcode.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import textwrap
from typing import Any

import numpy as np

from adpy.rules.table import TABLE, Elementwise

__all__ = ["NotSymbolic", "partials_of", "second_partials_of"]

ZERO, ONE = ast.Constant(0.0), ast.Constant(1.0)


class NotSymbolic(Exception):
    """The code is more than the kernels' generator understands."""


def partials_of(row: Elementwise) -> list[ast.expr]:
    """The partials of a row as expressions in ``a``, ``b`` (operands) and ``y`` (result)."""
    return _partials(row, [ast.Name(n) for n in ("a", "b", "c")[: row.arity]] + [ast.Name("y")])


def second_partials_of(row: Elementwise) -> list[list[ast.expr]]:
    """Second partials, ``[i][j]`` for ``j >= i``: through the operand directly, and through the result."""
    names = ("a", "b", "c")[: row.arity]
    firsts = partials_of(row)
    return [
        [_add(derivative(first, names[j]), _multiply(derivative(first, "y"), firsts[j])) for j in range(i, len(firsts))]
        for i, first in enumerate(firsts)
    ]


def _partials(row: Elementwise, arguments: list[ast.expr]) -> list[ast.expr]:
    """The partials with expressions in the place of the rule's arguments."""
    rule = row.partials
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
    names = {a.arg: x for a, x in zip(tree.args.args, arguments, strict=True)}
    scope = {**rule.__globals__, **inspect.getclosurevars(rule).nonlocals}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            names[statement.targets[0].id] = _Reader(names, scope).visit(copy.deepcopy(statement.value))
        elif isinstance(statement, ast.Return):
            return [_Reader(names, scope).visit(copy.deepcopy(x)) for x in statement.value.elts]
        elif not isinstance(statement, ast.Expr):
            raise NotSymbolic(row.name)
    raise NotSymbolic(row.name)


class _Reader(ast.NodeTransformer):
    """Puts expressions for names, and numbers for global constants; takes the real branch of rules for complex."""

    def __init__(self, names: dict, scope: dict) -> None:
        self.names, self.scope = names, scope

    def visit_Name(self, node):
        if node.id in self.names:
            return copy.deepcopy(self.names[node.id])
        return self._number(node)

    def visit_Attribute(self, node):
        return self._number(node)

    def _number(self, node):
        value: Any = eval(ast.unparse(node), self.scope)
        if not isinstance(value, int | float):
            raise NotSymbolic(ast.unparse(node))
        return ast.Constant(float(value))

    def visit_IfExp(self, node):
        if ast.unparse(node.test).startswith("np.iscomplexobj("):
            return self.visit(node.orelse)
        raise NotSymbolic(ast.unparse(node))

    def visit_Call(self, node):
        if ast.unparse(node.func) == "trigamma":
            return _call("trigamma", *[self.visit(x) for x in node.args], module="special")
        if node.keywords or not (isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)):
            raise NotSymbolic(ast.unparse(node))
        module = self.scope.get(node.func.value.id)
        if module is not np and getattr(module, "__name__", "") == "scipy.special":
            return _call(node.func.attr, *[self.visit(x) for x in node.args], module="special")
        if module is not np:
            raise NotSymbolic(ast.unparse(node))
        if node.func.attr == "conjugate":
            return self.visit(node.args[0])
        return ast.Call(ast.Attribute(ast.Name("np"), node.func.attr), [self.visit(x) for x in node.args], [])


def derivative(x: ast.expr, name: str) -> ast.expr:
    """Derivative of an expression with respect to a variable."""
    if isinstance(x, ast.Constant):
        return ZERO
    if isinstance(x, ast.Name):
        return ONE if x.id == name else ZERO
    if isinstance(x, ast.UnaryOp) and isinstance(x.op, ast.USub):
        return _negate(derivative(x.operand, name))
    if isinstance(x, ast.BinOp):
        return _of_arithmetic(x, name)
    if isinstance(x, ast.Call):
        return _of_call(x, name)
    raise NotSymbolic(ast.unparse(x))


def _of_arithmetic(x: ast.BinOp, name: str) -> ast.expr:
    a, b = x.left, x.right
    a_dot, b_dot = derivative(a, name), derivative(b, name)
    if isinstance(x.op, ast.Add):
        return _add(a_dot, b_dot)
    if isinstance(x.op, ast.Sub):
        return _add(a_dot, _negate(b_dot))
    if isinstance(x.op, ast.Mult):
        return _add(_multiply(a_dot, b), _multiply(a, b_dot))
    if isinstance(x.op, ast.Div):
        return _add(_divide(a_dot, b), _negate(_divide(_multiply(x, b_dot), b)))
    raise NotSymbolic(ast.unparse(x))


def _of_call(x: ast.Call, name: str) -> ast.expr:
    function = x.func.attr
    if function == "where":
        condition, a, b = x.args
        a_dot, b_dot = derivative(a, name), derivative(b, name)
        return ZERO if _is(a_dot, 0.0) and _is(b_dot, 0.0) else _call("where", condition, a_dot, b_dot)
    module = np if x.func.value.id == "np" else importlib.import_module("scipy.special")
    row = TABLE.get(getattr(module, function, None))
    dots = [derivative(argument, name) for argument in x.args]
    if all(_is(dot, 0.0) for dot in dots):
        return ZERO
    if not isinstance(row, Elementwise):
        raise NotSymbolic(ast.unparse(x))
    total: ast.expr = ZERO
    for partial, dot in zip(_partials(row, [*x.args, x]), dots, strict=False):
        total = _add(total, _multiply(partial, dot))
    return total


def _call(function: str, *args: ast.expr, module: str = "np") -> ast.expr:
    return ast.Call(ast.Attribute(ast.Name(module), function), list(args), [])


def _is(x: ast.expr, number: float) -> bool:
    return isinstance(x, ast.Constant) and x.value == number


def _add(a: ast.expr, b: ast.expr) -> ast.expr:
    if _is(a, 0.0):
        return b
    return a if _is(b, 0.0) else ast.BinOp(a, ast.Add(), b)


def _negate(x: ast.expr) -> ast.expr:
    return ast.Constant(-x.value) if isinstance(x, ast.Constant) else ast.UnaryOp(ast.USub(), x)


def _multiply(a: ast.expr, b: ast.expr) -> ast.expr:
    if _is(a, 0.0) or _is(b, 0.0):
        return ZERO
    if _is(a, 1.0):
        return b
    return a if _is(b, 1.0) else ast.BinOp(a, ast.Mult(), b)


def _divide(a: ast.expr, b: ast.expr) -> ast.expr:
    return ZERO if _is(a, 0.0) else ast.BinOp(a, ast.Div(), b)


def source(x: ast.expr) -> str:
    """The expression as code."""
    return ast.unparse(ast.fix_missing_locations(x))
