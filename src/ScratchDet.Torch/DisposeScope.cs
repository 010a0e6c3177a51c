namespace TorchSharp;

/// <summary>
/// Owns what is made while it is the innermost scope of its thread and disposes it at its end, unless it was moved
/// out or detached. Made by <see cref="torch.NewDisposeScope"/>. A scope and the tensors in it belong to the thread that
/// made it: nothing here is locked.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? innermost;

    private readonly List<IDisposable?> items = [];
    private readonly DisposeScope? outer;
    private bool disposed;

    internal DisposeScope()
    {
        outer = innermost;
        innermost = this;
    }

    internal static DisposeScope? Innermost => innermost;

    public int DisposablesCount => items.Count(item => item is not null);

    public IReadOnlyList<IDisposable> DisposablesView => [.. items.OfType<IDisposable>()];

    public bool Contains(IDisposable disposable) =>
        disposable is torch.Tensor tensor ? ReferenceEquals(tensor.Owner, this) : items.Contains(disposable);

    public void Attach(IDisposable disposable)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (disposable is torch.Tensor tensor)
        {
            tensor.Owner?.Forget(tensor);
            tensor.Owner = this;
            tensor.OwnerIndex = items.Count;
        }
        items.Add(disposable);
    }

    public void Attach(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables) Attach(disposable);
    }

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        IDisposable[] attached = [.. disposables];
        Attach(attached);
        return attached;
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Forget(disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables) Forget(disposable);
    }

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (IDisposable disposable in disposables) Forget(disposable);
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveTo(outer, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveTo(outer, first), MoveTo(outer, second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveTo(outer, first), MoveTo(outer, second), MoveTo(outer, third));

    public void MoveToOuter(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables) MoveTo(outer, disposable);
    }

    public void MoveToOuter(IEnumerable<IDisposable> disposables)
    {
        foreach (IDisposable disposable in disposables) MoveTo(outer, disposable);
    }

    public T MoveToOther<T>(DisposeScope scope, T disposable)
        where T : IDisposable => MoveTo(scope, disposable);

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope scope, T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveTo(scope, first), MoveTo(scope, second));

    public void DisposeEverything() => DisposeEverythingBut([]);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        HashSet<IDisposable> kept = new(inKeep, ReferenceEqualityComparer.Instance);
        IDisposable?[] all = [.. items];
        items.Clear();
        foreach (IDisposable? item in all)
        {
            if (item is torch.Tensor tensor) tensor.Owner = null;
            if (item is not null && kept.Contains(item)) Attach(item);
        }
        foreach (IDisposable? item in all)
        {
            if (item is not null && !kept.Contains(item)) item.Dispose();
        }
    }

    public void MarkAsDisposed(IDisposable disposable) => Forget(disposable);

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        // Leaving scopes out of order would leave a dead scope innermost: unwind to this one.
        for (DisposeScope? scope = innermost; scope is not null; scope = scope.outer)
        {
            if (!ReferenceEquals(scope, this)) continue;
            innermost = outer;
            break;
        }
        // A list apart: an item may dispose of others, which then leave this scope.
        IDisposable?[] all = [.. items];
        items.Clear();
        foreach (IDisposable? item in all)
        {
            if (item is torch.Tensor tensor) tensor.Owner = null;
        }
        foreach (IDisposable? item in all) item?.Dispose();
    }

    /// <summary>Drops an item without disposing it; a tensor knows its place, so this takes constant time.</summary>
    internal void Forget(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
        {
            if (!ReferenceEquals(tensor.Owner, this)) return;
            items[tensor.OwnerIndex] = null;
            tensor.Owner = null;
            while (items.Count > 0 && items[^1] is null) items.RemoveAt(items.Count - 1);
            return;
        }
        int index = items.FindIndex(item => ReferenceEquals(item, disposable));
        if (index >= 0) items[index] = null;
    }

    private T MoveTo<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        Forget(disposable);
        scope?.Attach(disposable);
        return disposable;
    }
}
