"""Traced values answer as ndarray, numpy.float64 and float do: every attribute, method, operator and conversion.

Each expression is evaluated on the plain value and on the traced one.  Both must give the same value, of a type that answers
``isinstance`` alike, or raise the same error; or the traced one is refused with advice.
"""

import numpy as np
import pytest

from adpy.reverse import Array, Element, Real, Scalar
from tests.traced.comparison import check

ARRAY = np.array([[0.5, -1.5, 2.0], [3.0, 0.25, -0.75]])
ATTRIBUTES = "T mT real imag flat shape ndim size dtype itemsize nbytes strides device".split()
METHODS = """
    all() any() argmax() argmax(1) argmin() argmin(axis=0) argsort() argsort(axis=0) argpartition(1) astype(float)
    astype(np.float32) astype(complex) astype(int) astype(bool) choose([[1.0,2,3],[4,5,6]]) clip(0,1) clip(None,1) clip(min=0)
    compress([True,False,True],axis=1) conj() conjugate() copy() copy('F') copy(order='K')
    cumsum() cumsum(1) cumprod() cumprod(axis=0) diagonal() diagonal(1) dot(x.T) dot([1.0,2,3]) flatten() flatten('F')
    item(1) item(1,2) item((0,1)) item(-1) item() item(7) item(1,2,3) max() max(0) max(axis=1,keepdims=True) max(initial=5)
    max(where=x<2,initial=-1) mean() mean(0) mean(axis=(0,1)) mean(keepdims=True) min() min(1) nonzero() prod() prod(1) ravel()
    ravel('F') repeat(2) repeat([1,2],axis=0) reshape(3,2) reshape((3,2)) reshape(-1) reshape(2,-1,order='F') reshape(5) reshape([6])
    round() round(1) squeeze() std() std(0) std(ddof=1) sum() sum(0) sum(axis=1) sum(axis=(0,1)) sum(keepdims=True)
    sum(dtype=np.float32) sum(where=x>0) sum(initial=2) swapaxes(0,1) take([0,2]) take([[0,1]],axis=1) take(3) tolist() trace()
    transpose() transpose(1,0) transpose((1,0)) transpose(None) var() var(1,ddof=1) view() view(np.ndarray) view(float) view(np.float64)
    __len__() __contains__(2.0) __contains__(9.0) __copy__() __deepcopy__({}) __array_namespace__() to_device('cpu') flat[2] flat[1:4]
    flat[[0,2]] sum(5) reshape(7) transpose(0) swapaxes(0,3) nosuch
""".split()
EXPRESSIONS = """
    x+1; 1+x; x-x; x*2.5; 2/x; x/0; x//0.7; 2//x; x%0.7; 2%x; divmod(x,0.7); divmod(2,x); x**2; x**-1; x**0.5; x**3; 2.0**x; -x; +x; abs(x)
    x@x.T; x<1; x>=x; x==2; x!=2.0; x==None; x!=None; x=='a'; 1<x; x==x.T; x+[1,2,3]; [1,2,3]*x; x+(1,2,3); x+'a'; x+None; x*np.float32(2)
    x+np.ones(3,int); x+np.ones((2,1),np.float32); x*1j; x+True; np.int64(3)*x; np.float64(2)-x; np.ones(3)/x; x[0]; x[0,1]; x[-1]; x[5]
    x[0,1,2]; x[1.0]; x['a']; x[None]; x[...]; x[:,::-1]; x[x>0]; x[[0,1]]; x[[0,1],[1,2]]; x[:, [True,False,True]]; x[np.array(1)]; x[()]; x[2:]
    x[True]; x[False]; x[np.newaxis,...,0]; x[np.int8(1)]; x[slice(0,1)]; x[0][1]; x[(0,1)]; len(x); list(x); [r.sum() for r in x]; tuple(x[0]); [*x[0]]
    iter(x) is not x; list(reversed(x)); sorted(x[0]); max(x[0]); min(x[1]); sum(x[0]); sum(x); 2.0 in x; 9 in x; x[0].tolist().index(0.5); any(x[0]); all(x[0])
    bool(x); bool(x[0,0]); bool(x[:0]); float(x.astype(int)[0,0]); int(x[0,0]); int(x[1,0]); round(x[0,0]); round(x[0,1],1); math.floor(x[0,1])
    math.ceil(x[0,1]); math.trunc(x[0,1]); operator.index(x); operator.index(x[0,0]); x.shape==(2,3); x is x; x.T.T.shape; repr(x); str(x)
    f'{x}'; f'{x[0,0]:.3f}'; f'{x[0]!r}'; '%s'%x; '%.2f'%x[0,0]; '%r'%(x[0,0],); '%d'%x[1,0]; '{:10.2e}'.format(x[0,0]); format(x[0,0],'.1f'); '{0[0]}'.format(x[0])
    np.array2string(x); repr(x[0]); str(x[0,0]); repr(x[0,0]); repr(x[0,0].item()); 'a'+str(x[0,0])
    copy.copy(x); copy.deepcopy(x); isinstance(x,abc.Iterable); isinstance(x[0,0],abc.Iterable); isinstance(x[0,0],abc.Sized); callable(x); np.isscalar(x); np.isscalar(x[0,0])
    hasattr(x,'__len__'); hasattr(x[0,0],'__len__'); hasattr(x[0,0],'__iter__'); hasattr(x,'ptp'); hasattr(x,'itemset'); hasattr(x,'name'); hasattr(x,'values'); hasattr(x,'units')
    hasattr(x[0,0],'shape'); len(x[0,0]); list(x[0,0]); x[0,0][()]; x[0,0][...]; x[0,0][None]; x[0,0].sum(); x[0,0].shape; x[0,0].dtype; x[0,0].item()
    x[0,0].reshape(1,1); x[0,0].T; x[0,0].real; x[0,0].imag; x[0,0].conj(); x[0,0].is_integer(); x[1,0].is_integer(); x[0,0].astype(int)
    x[0,0].astype(np.float32); x[0,0].round(1); x[0,0].clip(0,.2); x[0,0].mean(); x[0,0].copy(); x[0,0].tolist(); x[0,0].max(); x[0,0].flatten(); x[0,0].ravel(); x[0,0].squeeze()
    x[0,0].ndim; x[0,0].size; x[0,0].nbytes; x[0,0].flat[0]; x[0,0]/0; x[0,0]//0; x[0,0]%0; 1/x[0,0]; (x[0,0]-.5)**-1; x[0,1]**.5; x[0,0]**x[0,1]; divmod(x[0,0],.2); x[0,0]>0; x[0,0]==.5
    x[0,0]<None; x[0,0]+None; x[0,0]&1; x&1; x|1; x^1; ~x; x<<1; x>>1; 1<<x; x[0,0]+1j; x[0,0]+'a'; x[0,0]+np.ones(2); x[0,0]*np.float32(2); x[0,0]+True
    x[0,0] in [0.5]; x[0,0] in (1,2); [1.0,0.5].index(x[0,0]); x[0,0] and 1.0; x[0,0] or 1.0; not x[0,0]; x.flags.writeable; x.flags.c_contiguous; x.T.flags.f_contiguous; x.base is None
    np.shape(x); np.ndim(x); np.size(x); np.iscomplexobj(x); np.isrealobj(x); np.result_type(x,np.float32); np.can_cast(x.dtype,int); np.may_share_memory(x,x[0]); np.shares_memory(x,x+1)
    np.array_equal(x,x); np.allclose(x,x); np.isclose(x,2.0); np.isnan(x); np.isfinite(x[0,0]); np.sign(x); np.argmax(x); np.count_nonzero(x>0); np.unique(x); np.where(x>0); np.nonzero(x)
    x.sum().item(); x.mean(0)[0]; x.max()-x.min(); type(x.shape); np.sum(x); np.sum(x,0)[0]; np.dot(x[0],x[1]); x[0]@x[1]; np.linalg.norm(x); np.float64(2)*x[0,0]; np.floor(x); np.ceil(x[0,0])
    timedelta(seconds=1)*x[1,0].astype(int).item(); x.tolist(); x[0].tolist()[0]; x.tolist()[0][0]/2; x.item(0)/1; x.dtype.kind; x.dtype is np.dtype(float)
    x[::2].flags.owndata; x.nbytes; getattr(x,'magnitude',3); type(x)(3.0) if False else 1; str(x.dtype); np.ndarray.sum(x) if False else 0
""".replace("\n", ";").split(";")
EXPRESSIONS = [expression.strip() for expression in EXPRESSIONS if expression.strip()]
STATEMENTS = """
    x[0]=1; x[0,0]=x[1,1]; x[:]=x[::-1]; x+=1; x-=x; x*=2; x/=3; x//=2; x%=2; x**=2; x[x>0]=0; x[[0,1],[0,0]]+=1; x.fill(3); x.sort(); x.sort(0)
    x.partition(1); x.put([0,5],[1,2]); x.put([9],1); x.T[0]=5; x.flat=7; x.flat=[1,2]; x.flat[2]=1; x.shape=(3,2); x.shape=(-1,); x.shape=(4,); x.real=1; x.imag=1
    x[5]=1; x[0]=[1,2]; x[0]=[1,2,3]; x[0]=(1,2,3); x[...]=np.ones(3,int); x[0]='1'; x[0]=None; x[0,0]='a'; x[0,0]=[1]; x[0,0]=[1,2]; x[0,0]=np.ones(1); x+=1j; x[0]=1j; x[0,0]=True
    x.setflags(write=False); a,b=x; (a,b,c),d=x; a,b,c=x; a,*b=x[0]; x[0,0]+=1; x[0]*=x[1]; x[:,0]/=2; x|=1; x<<=1; x@=np.eye(3); x.T.sort(); x[1:]=x[:-1]; x=x.astype(int)
    x[None]=2; x[()]=3; x[True]=1; x[np.ix_([0,1],[0,2])]=0; np.copyto(x,1); np.put(x,[0],2); np.place(x,x>1,[5,6]); np.putmask(x,x>1,x*2); np.fill_diagonal(x,1); np.add.at(x,0,1)
    x.newattribute=1; x[0].real=2; x[0].flat[1:]=3; x.itemset(0,1); x[0,0][()]=1; x[0].shape=(3,1); np.clip(x,0,1,out=x); x.clip(0,1,x); np.add(x,1,out=x[:])
""".replace("\n", ";").split(";")
STATEMENTS = [statement.strip() for statement in STATEMENTS if statement.strip()]
# What hands the memory to others, or could not keep the derivative.
REFUSED = """
    x.data; x.ctypes; x.view(np.int64); x.view(complex); x.byteswap(); x.getfield(np.int32); x.__dlpack__(); pickle.dumps(x); pickle.dumps(x[0,0]); hash(x); hash(x[0,0])
    {x[0,0]: 1}; {x[0,0]}; x.resize(3,2); float(x[0,0]); complex(x[0,0]); x.astype(object); np.format_float_positional(x[0,0]); math.nextafter(x[0,0],1.0)
    np.random.normal(x); np.ma.array(x); np.asarray(x,dtype=object).astype(float) if False else float(x[0,0])
    x.tobytes(); x[0,0].as_integer_ratio(); x[0,0].item().hex(); [0.0].__getitem__(0)+float(x[0,0]); np.random.default_rng(0).normal(x[0]); np.ma.masked_array(x,x>0)
""".replace("\n", ";").split(";")
REFUSED = [expression.strip() for expression in REFUSED if expression.strip()]


def unique(items):
    return list(dict.fromkeys(items))


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes(name):
    check(f"x.{name}" if name != "flat" else "x.flat.copy()", ARRAY)
    check(f"x.{name}" if name != "flat" else "x.flat.copy()", ARRAY + 1j * ARRAY[::-1])
    check(f"x.{name}" if name != "flat" else "x.flat.copy()", ARRAY.astype(np.float32))


@pytest.mark.parametrize("call", unique(METHODS))
def test_methods(call):
    check(f"x.{call}", ARRAY)


@pytest.mark.parametrize("expression", unique(EXPRESSIONS))
def test_expressions(expression):
    check(expression, ARRAY)


@pytest.mark.parametrize("expression", unique(REFUSED))
def test_refused(expression):
    check(expression, ARRAY, refused=True)


@pytest.mark.parametrize("statement", unique(STATEMENTS))
def test_statements(statement):
    check(f"!{statement}", ARRAY)


# What has no meaning without the memory of the array, or for floating-point numbers.
ABSENT = {
    "__array_finalize__", "__array_interface__", "__array_struct__", "__array_wrap__", "__class_getitem__", "__delitem__",
    "__dlpack_device__", "__iand__", "__ilshift__", "__invert__", "__ior__", "__irshift__", "__ixor__", "__lshift__", "__rand__",
    "__rlshift__", "__ror__", "__rrshift__", "__rshift__", "__rxor__", "__setstate__", "dumps", "setfield", "__getformat__",
    "__getnewargs__", "fromhex", "hex", "getfield", "dump", "tofile", "data", "ctypes",
    "_set_dtype",
}  # fmt: skip
# Ours: the address of a value, and what courses teach (``Var``).
OURS = {
    "active", "address", "as_view", "backward", "children", "current", "frame", "grad", "immutable", "increment_at", "map", "node", "path",
    "positions", "reference", "saved", "seal", "tag", "value", "weights", "zero_grad", "math", "is_integer", "as_integer_ratio",
}  # fmt: skip


@pytest.mark.parametrize(
    ("traced", "plain"), [(Array, np.ndarray), (Scalar, np.float64), (Element, np.complex128), (Real, float)]
)
def test_nothing_is_missing(traced, plain):
    assert set(dir(plain)) - set(dir(traced)) <= ABSENT


@pytest.mark.parametrize(("traced", "plain"), [(Array, np.ndarray), (Scalar, np.float64), (Element, np.complex128)])
def test_nothing_public_is_added_that_could_change_a_branch(traced, plain):
    added = {name for name in set(dir(traced)) - set(dir(plain)) if not name.startswith("_")}
    assert added <= OURS | {"argpartition", "partition", "dot", "mT", "ctypes"}
