namespace ScratchDet.Kernel.Running;

/// <summary>What TeX's commands stand for.</summary>
internal static class TexSymbols
{
    public static IReadOnlyDictionary<string, string> Letters { get; } = new Dictionary<string, string>
    {
        ["alpha"] = "α",
        ["beta"] = "β",
        ["gamma"] = "γ",
        ["delta"] = "δ",
        ["epsilon"] = "ϵ",
        ["varepsilon"] = "ε",
        ["zeta"] = "ζ",
        ["eta"] = "η",
        ["theta"] = "θ",
        ["vartheta"] = "ϑ",
        ["iota"] = "ι",
        ["kappa"] = "κ",
        ["lambda"] = "λ",
        ["mu"] = "μ",
        ["nu"] = "ν",
        ["xi"] = "ξ",
        ["pi"] = "π",
        ["rho"] = "ρ",
        ["sigma"] = "σ",
        ["tau"] = "τ",
        ["upsilon"] = "υ",
        ["phi"] = "ϕ",
        ["varphi"] = "φ",
        ["chi"] = "χ",
        ["psi"] = "ψ",
        ["omega"] = "ω",
        ["Gamma"] = "Γ",
        ["Delta"] = "Δ",
        ["Theta"] = "Θ",
        ["Lambda"] = "Λ",
        ["Xi"] = "Ξ",
        ["Pi"] = "Π",
        ["Sigma"] = "Σ",
        ["Phi"] = "Φ",
        ["Psi"] = "Ψ",
        ["Omega"] = "Ω",
        ["ell"] = "ℓ",
        ["infty"] = "∞",
        ["partial"] = "∂",
        ["nabla"] = "∇",
        ["emptyset"] = "∅",
        ["hbar"] = "ℏ",
    };

    public static IReadOnlyDictionary<string, string> Operators { get; } = new Dictionary<string, string>
    {
        ["cdot"] = "⋅",
        ["times"] = "×",
        ["div"] = "÷",
        ["pm"] = "±",
        ["mp"] = "∓",
        ["ast"] = "∗",
        ["circ"] = "∘",
        ["odot"] = "⊙",
        ["oplus"] = "⊕",
        ["otimes"] = "⊗",
        ["le"] = "≤",
        ["leq"] = "≤",
        ["ge"] = "≥",
        ["geq"] = "≥",
        ["ne"] = "≠",
        ["neq"] = "≠",
        ["ll"] = "≪",
        ["gg"] = "≫",
        ["lt"] = "<",
        ["gt"] = ">",
        ["approx"] = "≈",
        ["equiv"] = "≡",
        ["sim"] = "∼",
        ["simeq"] = "≃",
        ["propto"] = "∝",
        ["in"] = "∈",
        ["notin"] = "∉",
        ["subset"] = "⊂",
        ["subseteq"] = "⊆",
        ["supset"] = "⊃",
        ["cup"] = "∪",
        ["cap"] = "∩",
        ["setminus"] = "∖",
        ["to"] = "→",
        ["rightarrow"] = "→",
        ["leftarrow"] = "←",
        ["leftrightarrow"] = "↔",
        ["Rightarrow"] = "⇒",
        ["Leftarrow"] = "⇐",
        ["iff"] = "⟺",
        ["mapsto"] = "↦",
        ["land"] = "∧",
        ["lor"] = "∨",
        ["neg"] = "¬",
        ["forall"] = "∀",
        ["exists"] = "∃",
        ["ldots"] = "…",
        ["dots"] = "…",
        ["cdots"] = "⋯",
        ["mid"] = "|",
        ["|"] = "‖",
        ["Vert"] = "‖",
        ["lVert"] = "‖",
        ["rVert"] = "‖",
        ["vert"] = "|",
        ["lvert"] = "|",
        ["rvert"] = "|",
        ["langle"] = "⟨",
        ["rangle"] = "⟩",
        ["lfloor"] = "⌊",
        ["rfloor"] = "⌋",
        ["lceil"] = "⌈",
        ["rceil"] = "⌉",
        ["{"] = "{",
        ["}"] = "}",
        ["%"] = "%",
        ["_"] = "_",
        ["&"] = "&",
        ["#"] = "#",
        ["$"] = "$",
        ["colon"] = ":",
        ["prime"] = "′",
    };

    /// <summary>Operators that enclose.</summary>
    public static IReadOnlySet<string> Fences { get; } = new HashSet<string> { "{", "}", "|", "‖", "⟨", "⟩", "⌊", "⌋", "⌈", "⌉" };

    public static IReadOnlyDictionary<string, string> LargeOperators { get; } = new Dictionary<string, string>
    {
        ["sum"] = "∑",
        ["prod"] = "∏",
        ["int"] = "∫",
        ["bigcup"] = "⋃",
        ["bigcap"] = "⋂",
    };

    public static IReadOnlySet<string> Functions { get; } = new HashSet<string>
    {
        "log", "ln", "exp", "max", "min", "argmax", "argmin", "arg", "sin", "cos", "tan", "tanh", "det", "dim", "lim", "sup", "inf", "Pr",
    };

    public static IReadOnlyDictionary<string, string> Spaces { get; } = new Dictionary<string, string>
    {
        [","] = "0.167em",
        [":"] = "0.222em",
        [";"] = "0.278em",
        ["!"] = "-0.167em",
        [" "] = "0.25em",
        ["quad"] = "1em",
        ["qquad"] = "2em",
    };

    public static IReadOnlyDictionary<string, string> Accents { get; } = new Dictionary<string, string>
    {
        ["hat"] = "^",
        ["widehat"] = "^",
        ["bar"] = "¯",
        ["overline"] = "¯",
        ["tilde"] = "~",
        ["widetilde"] = "~",
        ["vec"] = "→",
        ["dot"] = "˙",
        ["ddot"] = "¨",
    };

    /// <summary>The form in MathML: letters of an alphabet stand for themselves.</summary>
    public static IReadOnlyDictionary<string, string> Alphabets { get; } = new Dictionary<string, string>
    {
        ["mathrm"] = "normal",
        ["operatorname"] = "normal",
        ["mathit"] = "normal",
        ["mathbf"] = "normal",
        ["boldsymbol"] = "normal",
        ["mathcal"] = "normal",
        ["mathbb"] = "normal",
    };

    /// <summary>Letters A-Z and a-z in the alphabet of a command, as Unicode has them; others as they are.</summary>
    public static string InAlphabet(string command, string text)
    {
        (int capitalA, int smallA)? start = command switch
        {
            "mathit" => (0x1D434, 0x1D44E),
            "mathbf" or "boldsymbol" => (0x1D400, 0x1D41A),
            "mathcal" => (0x1D49C, 0x1D4B6),
            "mathbb" => (0x1D538, 0x1D552),
            _ => null,
        };
        if (start is not { } alphabet) return text;
        return string.Concat(text.Select(letter => (command, letter) switch
        {
            // The letters that Unicode had before it had the alphabets.
            ("mathit", 'h') => "ℎ",
            ("mathcal", 'B') => "ℬ",
            ("mathcal", 'E') => "ℰ",
            ("mathcal", 'F') => "ℱ",
            ("mathcal", 'H') => "ℋ",
            ("mathcal", 'I') => "ℐ",
            ("mathcal", 'L') => "ℒ",
            ("mathcal", 'M') => "ℳ",
            ("mathcal", 'R') => "ℛ",
            ("mathcal", 'e') => "ℯ",
            ("mathcal", 'g') => "ℊ",
            ("mathcal", 'o') => "ℴ",
            ("mathbb", 'C') => "ℂ",
            ("mathbb", 'H') => "ℍ",
            ("mathbb", 'N') => "ℕ",
            ("mathbb", 'P') => "ℙ",
            ("mathbb", 'Q') => "ℚ",
            ("mathbb", 'R') => "ℝ",
            ("mathbb", 'Z') => "ℤ",
            (_, >= 'A' and <= 'Z') => char.ConvertFromUtf32(alphabet.capitalA + letter - 'A'),
            (_, >= 'a' and <= 'z') => char.ConvertFromUtf32(alphabet.smallA + letter - 'a'),
            _ => letter.ToString(),
        }));
    }
}
