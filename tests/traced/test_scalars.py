"""Python floats and NumPy scalars stay what they are: the same results, types and errors as in plain code."""

import numpy as np
import pytest

from tests.traced.comparison import check

FLOATS = """
    x+1; 1+x; x-2.5; 2.5-x; x*x; x/3; 3/x; x//0.2; 3//x; x%0.2; 3%x; divmod(x,0.2); divmod(3,x); x**2; x**3; x**-1; x**0; x**1; x**0.5; 2**x; 2.0**x; (-x)**0.5; (-x)**2; (-x)**3
    (-2.0)**x; 0.0**x; (x-x)**2; (x-x)**0; (x-x)**-1; x**x; -x; +x; abs(x); abs(-x); abs(x-x); x/0; x//0; x%0; divmod(x,0); 1/(x-x); 1//(x-x); 1%(x-x); x/0.0; (x-x)/(x-x)
    x<1; x<=1; x>1; x>=1; x==0.7; x!=0.7; 1<x; x==None; x!=None; x=='a'; x<'a'; x is x; x and 2.0; (x-x) or 2.0; not x; bool(x); bool(x-x); x<np.float64(1); np.float64(1)<x
    int(x); int(x*10); round(x); round(x,1); round(-x*10); round(x*123.456,-1); math.floor(x); math.ceil(x); math.trunc(x); x.is_integer(); (x/x).is_integer()
    x.real; x.imag; x.conjugate(); operator.index(x); hash(1.0); range(int(x*10)); [1,2,3][int(x)]; [1,2,3][x]; 'a'*x; [0]*x; x*[0]; x+'a'; 'a'+str(x); x+None; x&1; x|1; ~x; x<<1
    f'{x}'; f'{x:.3f}'; f'{x:8.2e}'; f'{x!r}'; f'{x!s:>9}'; f'{x:g}'; f'{x:%}'; f'{x:d}'; '%.3f'%x; '%s'%x; '%r'%x; '%d'%x; '%g'%(x*2,); '%(a).2f'%{'a':x}; '{:.2f}'.format(x); '{0:10.3f}|'.format(x)
    repr(x); str(x); format(x); format(x,'.1f'); sorted([x,0.1,x*2]); max(x,1.0); max(1.0,x); max([x,0.2]); min(x,0.2); sum([x,1,2]); sum([x]*3); x in [0.7]; x in (1.0,); [0.1,x].index(0.7)
    [x,1.0].count(0.7); isinstance(x,float); isinstance(x,(int,float)); isinstance(x,np.floating); isinstance(x,complex); isinstance(x,str); isinstance(x,abc.Iterable); isinstance(x,abc.Hashable)
    isinstance(x,numbers.Real); isinstance(x,numbers.Number); callable(x); len(x); iter(x); list(x); x[0]; x.foo; hasattr(x,'__len__'); hasattr(x,'__iter__'); hasattr(x,'__getitem__'); type(x+1) is type(x)
    copy.copy(x); copy.deepcopy(x); copy.deepcopy([x,1]); np.float64(2)*x; x*np.float64(2); np.float32(2)*x; x*np.float32(2); np.int64(2)*x; x*np.int64(2); x*True; True+x; x*np.bool_(True); x+1j; 1j*x; x*(2+1j)
    x*np.ones(2); np.ones(2)/x; x*np.ones(2,np.float32); np.ones(2,np.float32)**x; x*np.ones(2,int); x+np.array(1.0); np.array(1.0)-x; x==np.ones(2); np.ones(2)>x; x*[1.0]; x+(1,); Fraction(1,2)*x
    Decimal(1)+x; np.isnan(x); np.isscalar(x); np.ndim(x); np.shape(x); np.size(x)
    np.sin(x); np.sqrt(-x); np.log(x-x); np.maximum(x,1); np.minimum(x,.1); np.abs(x); np.exp(x*1000); np.floor(x); np.sign(x); np.round(x,1); np.clip(x,0,.5); np.where(x>0,x,0.0); np.square(x); np.power(x,2)
    pow(x,2); pow(x,2.5); pow(2,x); pow(x,-1); math.pow(x,2) if False else 1; x.__class__ is float; x.__add__(1); x.__eq__(0.7); x.__truediv__(2); x.__bool__(); x.__int__()
    np.isclose(x,0.7); np.allclose(x,0.7); np.array_equal(x,x); np.result_type(x,np.float32); np.can_cast(type(1.0),np.float32); np.iscomplexobj(x); np.isrealobj(x); x.__round__(); x.__floor__(); x.__ceil__()
    0.7==x; 0.7!=x; 1.0>x; (x,1)<(x,2); [x]==[0.7]; (x,'a')==(0.7,'a'); x==x; x!=x; x<=x; {'a':x}['a']; dict(a=x); [*map(abs,[x,-x])]; any([x,0]); all([x,1]); list(zip([x],[1]))[0][0]; next(iter([x]))
    x if x>0 else -x; [1,2,3][:int(x*3)]; abs(x-1)<1e-3; 1e308*x*1e10; x*float('inf'); x*float('nan'); x*10**400; x+10**20; x*10**20; int(x*1e20); x//1; -x//1; -x%1; x%-1; x%float('inf'); divmod(-x,1)
"""
EXPRESSIONS = list(dict.fromkeys(e.strip() for e in FLOATS.replace("\n", ";").split(";") if e.strip()))
# Errors in plain code, where traced NumPy scalars give other errors or the result of an array.
ONLY_FLOAT = set("[0]*x x*[0] x*[1.0] iter(x) x[0] math.trunc(x) x.__floor__() x.__ceil__() Fraction(1,2)*x".split())
STATEMENTS = """
    x+=1; x-=1; x*=2; x/=2; x//=2; x%=2; x**=2; a,b=x; x[0]=1; x.real=1; x/=0; x//=0; x%=0
""".split(";")
STATEMENTS = [statement.strip() for statement in STATEMENTS if statement.strip()]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_float(expression):
    check(expression, 0.7)


@pytest.mark.parametrize("expression", [e for e in EXPRESSIONS if e not in ONLY_FLOAT])
def test_float64(expression):
    check(expression, np.float64(0.7))


@pytest.mark.parametrize("expression", [e for e in EXPRESSIONS if e not in ONLY_FLOAT])
def test_float32(expression):
    check(expression, np.float32(0.7))


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("value", [0.7, np.float64(0.7)], ids=["float", "float64"])
def test_augmented_assignment(statement, value):
    check(f"!{statement}", value)
