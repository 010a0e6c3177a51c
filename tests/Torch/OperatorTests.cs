using System.Runtime.InteropServices;
using ScratchDet.Torch.Interop;
using static TorchSharp.torch;

namespace ScratchDet.Tests.Torch;

public class OperatorTests
{
    [Fact]
    public void Threads_may_call_an_operator_for_the_first_time_together()
    {
        const int Threads = 4, Rounds = 1500;
        using Tensor one = ones(1);
        Operator[] fresh = [.. Enumerable.Range(0, Rounds).Select(_ => new Operator(Operators.neg.Schema))];
        using var together = new Barrier(Threads);
        var failures = new Exception?[Threads];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            foreach (Operator op in fresh)
            {
                together.SignalAndWait();
                try
                {
                    op.Call(one).Dispose();
                }
                catch (ExternalException failure)
                {
                    failures[thread] = failure;
                }
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(failures, Assert.Null);
    }

    [Fact]
    public unsafe void A_call_without_an_operator_is_an_error_and_no_crash()
    {
        var error = Assert.Throws<ExternalException>(() => Bridge.Check(Bridge.sd_call(IntPtr.Zero, null, 0, null, 0, null)));
        Assert.Contains("without an operator", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_the_bridge_has_no_form_for_is_refused()
    {
        var enter = new Operator("profiler::_record_function_enter_new(str name, str? args=None) -> Any");
        var error = Assert.Throws<ExternalException>(() => enter.Call("a span of time"));
        Assert.Contains("Object is not supported", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_of_operators_that_does_not_load_says_why()
    {
        Assert.Null(TorchLibraries.LoadOperators(null));
        Assert.Contains("/nowhere/_C.so", TorchLibraries.LoadOperators("/nowhere/_C.so")!, StringComparison.Ordinal);
    }
}
