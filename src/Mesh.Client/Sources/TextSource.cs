using System.Text;
using Mesh.Resources;
using Mesh.Wire;

namespace Mesh.Sources;

/// <summary>Configuration handed over as text: by code, or made of settings. Runs on the control loop.</summary>
internal sealed class TextSource(SourceFeed feed, DocumentSettings limits, string baseDirectory)
{
    /// <summary>Takes over a text, or gives every error that keeps it out.</summary>
    public IReadOnlyList<ResourceError> Update(string text, bool yaml)
    {
        var texts = new TextDocuments([new TextDocument(Encoding.UTF8.GetBytes(text), yaml, null, baseDirectory)], limits);
        if (texts.Version == feed.Version)
        {
            feed.Restore();
            return [];
        }

        texts.Read();
        if (texts.HasErrors)
            feed.Refuse(texts.Findings);
        else
            feed.Publish(texts.Set, texts.Version, texts.Findings, texts.Locate);
        return feed.Errors;
    }
}
