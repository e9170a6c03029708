using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Mesh.Architecture.Tests.Floors;

/// <summary>
/// Which types each type of a compiled assembly refers to: in its base types, constraints, attributes, fields, signatures and method
/// bodies. What the compiler leaves no trace of cannot be seen: a constant of another type, a name in <c>nameof</c>.
/// </summary>
internal static class AssemblyReferences
{
    public static IReadOnlyDictionary<TypeName, IReadOnlySet<TypeName>> Read(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        MetadataReader metadata = file.GetMetadataReader();
        var result = new Dictionary<TypeName, IReadOnlySet<TypeName>>();
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            var names = new NameCollector(metadata);
            TypeName from = names.NameOf(handle);
            ReadType(metadata.GetTypeDefinition(handle), file, metadata, names);
            if (result.TryGetValue(from, out IReadOnlySet<TypeName>? known))
                ((HashSet<TypeName>)known).UnionWith(names.Found);
            else
                result.Add(from, names.Found);
        }

        return result;
    }

    private static void ReadType(TypeDefinition type, PEReader file, MetadataReader metadata, NameCollector names)
    {
        names.Add(type.BaseType);
        foreach (InterfaceImplementationHandle handle in type.GetInterfaceImplementations())
            names.Add(metadata.GetInterfaceImplementation(handle).Interface);
        ReadGenericParameters(type.GetGenericParameters(), metadata, names);
        names.Add(type.GetCustomAttributes());

        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = metadata.GetFieldDefinition(handle);
            field.DecodeSignature(names, null);
            names.Add(field.GetCustomAttributes());
        }

        foreach (PropertyDefinitionHandle handle in type.GetProperties())
            names.Add(metadata.GetPropertyDefinition(handle).GetCustomAttributes());
        foreach (EventDefinitionHandle handle in type.GetEvents())
            names.Add(metadata.GetEventDefinition(handle).GetCustomAttributes());
        foreach (MethodDefinitionHandle handle in type.GetMethods())
            ReadMethod(metadata.GetMethodDefinition(handle), file, metadata, names);
    }

    private static void ReadMethod(MethodDefinition method, PEReader file, MetadataReader metadata, NameCollector names)
    {
        method.DecodeSignature(names, null);
        names.Add(method.GetCustomAttributes());
        ReadGenericParameters(method.GetGenericParameters(), metadata, names);
        foreach (ParameterHandle handle in method.GetParameters())
            names.Add(metadata.GetParameter(handle).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;

        MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
        names.Add(body.LocalSignature);
        foreach (ExceptionRegion region in body.ExceptionRegions)
            names.Add(region.CatchType);
        foreach (EntityHandle operand in Instructions.References(body.GetILReader()))
            names.Add(operand);
    }

    private static void ReadGenericParameters(GenericParameterHandleCollection parameters, MetadataReader metadata, NameCollector names)
    {
        foreach (GenericParameterHandle handle in parameters)
        {
            GenericParameter parameter = metadata.GetGenericParameter(handle);
            names.Add(parameter.GetCustomAttributes());
            foreach (GenericParameterConstraintHandle constraint in parameter.GetConstraints())
                names.Add(metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }
}
