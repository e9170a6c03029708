using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Mesh.Architecture.Tests.Floors;

/// <summary>Remembers every type that passes while signatures, tokens and attributes are decoded.</summary>
internal sealed class NameCollector(MetadataReader metadata) : ISignatureTypeProvider<TypeName, object?>, ICustomAttributeTypeProvider<TypeName>
{
    private static readonly TypeName SystemType = new("", "System", "Type");

    private readonly HashSet<TypeName> _found = [];
    private readonly string _assembly = metadata.GetString(metadata.GetAssemblyDefinition().Name);

    public IReadOnlySet<TypeName> Found => _found;

    /// <summary>Adds what a token names, with the types of its own signature.</summary>
    public void Add(EntityHandle handle)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                _found.Add(NameOf((TypeDefinitionHandle)handle));
                break;
            case HandleKind.TypeReference:
                _found.Add(NameOf((TypeReferenceHandle)handle));
                break;
            case HandleKind.TypeSpecification:
                metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                break;
            case HandleKind.FieldDefinition:
                Add(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodDefinition:
                Add(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification method = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(method.Method);
                method.DecodeSignature(this, null);
                break;
            case HandleKind.MemberReference:
                Add(metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.StandaloneSignature:
                Add(metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle));
                break;
        }
    }

    public void Add(CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle handle in attributes)
        {
            CustomAttribute attribute = metadata.GetCustomAttribute(handle);
            Add(attribute.Constructor);
            attribute.DecodeValue(this);
        }
    }

    public TypeName NameOf(TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        while (type.GetDeclaringType() is { IsNil: false } outer)
            type = metadata.GetTypeDefinition(outer);
        return new TypeName(_assembly, metadata.GetString(type.Namespace), metadata.GetString(type.Name));
    }

    public TypeName GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Remember(NameOf(handle));

    public TypeName GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Remember(NameOf(handle));

    public TypeName GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    /// <summary>A <c>typeof</c> inside an attribute: <c>Namespace.Outer+Nested, Assembly</c>, without the assembly when it is this one.</summary>
    public TypeName GetTypeFromSerializedName(string name)
    {
        string[] parts = name.Split(',', StringSplitOptions.TrimEntries);
        string type = parts[0].Split('+', '[')[0];
        int dot = type.LastIndexOf('.');
        return Remember(new TypeName(parts.Length > 1 ? parts[1] : _assembly, dot < 0 ? "" : type[..dot], type[(dot + 1)..]));
    }

    public TypeName GetSystemType() => SystemType;

    public bool IsSystemType(TypeName type) => type is { Namespace: "System", Name: "Type" };

    // An enum of another assembly is not loaded here; all that occur in attributes are as wide as this.
    public PrimitiveTypeCode GetUnderlyingEnumType(TypeName type) => PrimitiveTypeCode.Int32;

    public TypeName GetPrimitiveType(PrimitiveTypeCode typeCode) => default;

    public TypeName GetArrayType(TypeName elementType, ArrayShape shape) => elementType;

    public TypeName GetSZArrayType(TypeName elementType) => elementType;

    public TypeName GetByReferenceType(TypeName elementType) => elementType;

    public TypeName GetPointerType(TypeName elementType) => elementType;

    public TypeName GetPinnedType(TypeName elementType) => elementType;

    public TypeName GetModifiedType(TypeName modifier, TypeName unmodifiedType, bool isRequired) => unmodifiedType;

    public TypeName GetGenericInstantiation(TypeName genericType, ImmutableArray<TypeName> typeArguments) => genericType;

    public TypeName GetGenericMethodParameter(object? genericContext, int index) => default;

    public TypeName GetGenericTypeParameter(object? genericContext, int index) => default;

    public TypeName GetFunctionPointerType(MethodSignature<TypeName> signature) => default;

    private void Add(MemberReference member)
    {
        Add(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Method)
            member.DecodeMethodSignature(this, null);
        else
            member.DecodeFieldSignature(this, null);
    }

    private void Add(StandaloneSignature signature)
    {
        if (signature.GetKind() == StandaloneSignatureKind.LocalVariables)
            signature.DecodeLocalSignature(this, null);
        else
            signature.DecodeMethodSignature(this, null);
    }

    private TypeName NameOf(TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference)
            type = metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        string assembly = type.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name)
            : _assembly;
        return new TypeName(assembly, metadata.GetString(type.Namespace), metadata.GetString(type.Name));
    }

    private TypeName Remember(TypeName name)
    {
        _found.Add(name);
        return name;
    }
}
