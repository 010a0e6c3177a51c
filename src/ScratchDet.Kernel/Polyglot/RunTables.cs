namespace ScratchDet.Kernel.Polyglot;

/// <summary>The tables that a run store becomes. A run's number holds for the session; its path names it for good.</summary>
internal static class RunTables
{
    /// <summary>
    /// Texts compare in any case, so that state = 'done' and 'Done' are the same. What was not measured is NULL, and so
    /// is NaN, which SQLite does not have.
    /// </summary>
    public const string Schema = """
        CREATE TABLE runs (
            run INTEGER PRIMARY KEY,
            path TEXT NOT NULL,
            study TEXT COLLATE NOCASE NOT NULL,
            variant TEXT COLLATE NOCASE NOT NULL,
            scale TEXT COLLATE NOCASE NOT NULL,
            seed INTEGER NOT NULL,
            state TEXT COLLATE NOCASE NOT NULL,
            steps INTEGER,
            map_area REAL,
            map_07 REAL,
            coco_ap REAL,
            best_map_area REAL,
            best_map_area_step INTEGER,
            best_map_07 REAL,
            validation_loss REAL,
            loss_last_tenth REAL,
            median_gradient_norm_l2 REAL,
            images_per_second REAL,
            seconds REAL,
            diverged_at_step INTEGER,
            diverged_layer TEXT,
            last_finite_gradient_norm_l2 REAL,
            date TEXT NOT NULL,
            kit_version TEXT NOT NULL,
            kit_commit TEXT,
            machine TEXT NOT NULL,
            device TEXT COLLATE NOCASE NOT NULL,
            precision TEXT COLLATE NOCASE,
            threads INTEGER NOT NULL,
            fingerprint TEXT NOT NULL
        ) STRICT;
        CREATE TABLE settings (
            run INTEGER NOT NULL,
            path TEXT COLLATE NOCASE NOT NULL,
            value NUMERIC COLLATE NOCASE,
            PRIMARY KEY (run, path)
        ) WITHOUT ROWID;
        CREATE TABLE steps (
            run INTEGER NOT NULL,
            step INTEGER NOT NULL,
            loss REAL,
            learning_rate REAL,
            gradient_norm_l2 REAL,
            images_per_second REAL,
            seconds REAL,
            PRIMARY KEY (run, step)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE step_losses (
            run INTEGER NOT NULL,
            step INTEGER NOT NULL,
            name TEXT COLLATE NOCASE NOT NULL,
            value REAL,
            PRIMARY KEY (run, step, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE evaluations (
            run INTEGER NOT NULL,
            step INTEGER NOT NULL,
            map_area REAL,
            map_07 REAL,
            coco_ap REAL,
            loss REAL,
            seconds REAL,
            PRIMARY KEY (run, step)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE class_ap (
            run INTEGER NOT NULL,
            step INTEGER NOT NULL,
            class TEXT COLLATE NOCASE NOT NULL,
            ap REAL,
            PRIMARY KEY (run, step, class)
        ) STRICT, WITHOUT ROWID;
        """;

    public const string Runs = "runs";
    public const string Settings = "settings";
    public const string Steps = "steps";
    public const string StepLosses = "step_losses";
    public const string Evaluations = "evaluations";
    public const string ClassAp = "class_ap";

    public static IReadOnlyList<string> Names { get; } = [Runs, Settings, Steps, StepLosses, Evaluations, ClassAp];
}
