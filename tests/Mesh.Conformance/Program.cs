// dotnet run -c Release --project tests/Mesh.Conformance -- FOLDER
// Runs every suite under the folder; each failure with what was expected and what was found, a line a suite, and the sum.

using Mesh.Conformance;

if (args is not [var folder] || !Directory.Exists(folder))
{
    Console.Error.WriteLine(args.Length == 1 ? $"there is no folder {args[0]}" : "usage: Mesh.Conformance FOLDER");
    return 2;
}

return Runner.Run(folder, Console.Out);
