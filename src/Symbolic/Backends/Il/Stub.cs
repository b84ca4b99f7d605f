#pragma warning disable
using DeepSym.Kernels;
namespace DeepSym.Backends.Il;
unsafe delegate void KernelBody(byte** buffers, long* sizes, long begin, long end);
static unsafe class KernelCache {
  public static KernelBody Get(LoopNest nest) => (b, s, lo, hi) => new NestRunner(nest, b, s).Root(lo, hi);
}
unsafe sealed class NestRunner(LoopNest nest, byte** buffers, long* sizes) {
  readonly Dictionary<Variable, Number> _v = []; readonly Dictionary<int,long> _i = []; readonly Dictionary<Variable, Monoid> _acc = [];
  long S(Size s) => s.IsSlot ? sizes[s.Value] : s.Value;
  public void Root(long lo, long hi) { var axes = nest.Root.Axes; for (var p = lo; p < hi; p++) { var r = p; for (var k = axes.Count - 1; k >= 0; k--) { var e = S(axes[k].Extent); if (k == 0) _i[axes[k].Axis] = r; else { _i[axes[k].Axis] = r % e; r /= e; } } Block(nest.Root.Body); } }
  void Block(EquatableArray<Statement> body) { foreach (var s in body) Run(s); }
  void Run(Statement st) { switch (st) {
    case Loop l: { void Go(int k) { if (k == l.Axes.Count) { Block(l.Body); return; } var e = S(l.Axes[k].Extent); for (var i = 0L; i < e; i++) { _i[l.Axes[k].Axis] = i; Go(k + 1); } } Go(0); break; }
    case Load l: { var at = At(l.Source); _v[l.Target] = at < 0 ? default : Get(l.Source.Buffer, at); break; }
    case LoadIndex l: _v[l.Target] = _i[l.Axis]; break;
    case Compute c: _v[c.Target] = Eval(c.Value); break;
    case Store s: { var at = At(s.Target); var v = Eval(s.Value); if (s.IsSum) { var o = Get(s.Target.Buffer, at); v = new Number(v.Real + o.Real, v.Integer + o.Integer); } Set(s.Target.Buffer, at, v); break; }
    case Reduction r: foreach (var a in r.Accumulators) { _acc[a.Result] = a.Monoid; _v[a.Result] = a.Monoid switch { Monoid.Product or Monoid.All => new Number(1,1), Monoid.Max => new Number(double.NegativeInfinity, long.MinValue), Monoid.Min => new Number(double.PositiveInfinity, long.MaxValue), _ => default }; } Block(r.Body); foreach (var a in r.Accumulators) _v[a.Result] = Round(_v[a.Result], a.Result.DType); break;
    case Accumulate a: { var x = _v[a.Target]; var y = Eval(a.Value); _v[a.Target] = _acc[a.Target] switch { Monoid.Sum => new Number(x.Real + y.Real, x.Integer + y.Integer), Monoid.Product => new Number(x.Real * y.Real, x.Integer * y.Integer), Monoid.Max => new Number(Math.Max(x.Real, y.Real), Math.Max(x.Integer, y.Integer)), Monoid.Min => new Number(Math.Min(x.Real,y.Real), Math.Min(x.Integer,y.Integer)), Monoid.All => new Number(0, x.Integer & y.Integer), _ => new Number(0, x.Integer | y.Integer) }; break; }
    default: throw new InvalidOperationException(st.ToString()); } }
  long At(Access a) { var at = S(a.Offset); foreach (var t in a.Terms) at += _i[t.Axis] * S(t.Stride);
    if (a.Guards.Count > 0) foreach (var g in a.Guards) { var q = S(g.Offset); foreach (var t in g.Terms) q += _i[t.Axis] * S(t.Stride); if (q < 0 || q % g.Divisor != 0 || q / g.Divisor >= S(g.Limit)) return -1; at += q / g.Divisor * S(g.Stride); }
    if (a.Dynamic.Count > 0) foreach (var d in a.Dynamic) { var v = _v[d.Value].Integer; var n = S(d.Limit); if (v < 0) v += n; if (v < 0 || v >= n) { sizes[0] = 1; v = 0; } at += v * S(d.Stride); }
    return at; }
  static Number Round(Number n, DType d) => d == DType.Float32 ? (double)(float)n.Real : d == DType.Int32 ? (long)(int)n.Integer : n;
  Number Get(int b, long at) { var p = buffers[b]; return nest.Buffers[b] switch { DType.Float32 => new Number(((float*)p)[at],0), DType.Float64 => new Number(((double*)p)[at],0), DType.Int32 => new Number(0,((int*)p)[at]), DType.Int64 => new Number(0,((long*)p)[at]), _ => new Number(0,p[at]) }; }
  void Set(int b, long at, Number v) { var p = buffers[b]; switch (nest.Buffers[b]) { case DType.Float32: ((float*)p)[at] = (float)v.Real; break; case DType.Float64: ((double*)p)[at] = v.Real; break; case DType.Int32: ((int*)p)[at] = (int)v.Integer; break; case DType.Int64: ((long*)p)[at] = v.Integer; break; default: p[at] = v.IsTrue ? (byte)1 : (byte)0; break; } }
  Number Eval(Expr e) { var m = new Dictionary<Expr, Number>(); foreach (var n in Traversal.Topological([e])) m[n] = n switch { Variable v => _v[v], Constant c => c.Value.Number(0), _ => Round(((Map)n.Op!).Function.Value([.. n.Inputs.Select(i => m[i])], n.Inputs[^1].DType), n.DType) }; return m[e]; }
}
