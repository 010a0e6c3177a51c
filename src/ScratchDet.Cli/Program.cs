Console.WriteLine("scratchdet");
