package hv.flags;

import hv.api.Flags;
import java.io.StringReader;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A libvirt domain, several of them, or pieces of one that somebody pasted, perhaps with other text around them. The
 * parser is the JDK's; document types, and with them entities of any kind, are refused, and depth and size are bounded.
 */
final class LibvirtFormat implements Format {
    private static final int LONGEST_MESSAGE = 120;

    /** Where XML begins in other text. */
    private static final Pattern MARK = Pattern.compile(
            "(?m)^[ \\t]*<(domain|domstatus|domainsnapshot|features|hyperv|cpu|clock|devices)(?=[\\s/>])");

    private static final Pattern DECLARATION = Pattern.compile("<\\?xml\\s[^>]*\\?>");

    /** Makes one document of the pieces, and knows QEMU's prefix in a piece of a domain. */
    private static final String OPENING = "<pieces xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>";

    private static final String CLOSING = "</pieces>";

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        if (text.stripLeading().startsWith("<")) {
            return Optional.of(xml(text.strip()));
        }
        Matcher mark = MARK.matcher(text);
        if (text.indexOf('<') < 0 || !mark.find()) {
            return Optional.empty();
        }
        int end = text.lastIndexOf('>') + 1;
        return end <= mark.start()
                ? Optional.empty()
                : Optional.of(xml(text.substring(mark.start(), end).strip()));
    }

    @Override
    public Written write(Flags flags) {
        return new LibvirtWriter(flags, LibvirtKept.NOTHING).write();
    }

    @Override
    public String change(Flags change) {
        return LibvirtWriter.line(change);
    }

    private static Reading xml(String text) throws UnusableTextException {
        if (Stranger.VIRTUALBOX.isIn(text.substring(0, Math.min(text.length(), LONGEST_MESSAGE)))) {
            throw Stranger.refusal(text);
        }
        if (text.contains("<!DOCTYPE")) {
            throw new UnusableTextException("the XML has a document type (<!DOCTYPE>), which no domain has");
        }
        String pieces = OPENING + DECLARATION.matcher(text).replaceAll("") + CLOSING;
        try {
            XMLStreamReader xml = factory().createXMLStreamReader(new StringReader(pieces));
            try {
                return read(xml, text);
            } finally {
                xml.close();
            }
        } catch (XMLStreamException e) {
            throw new UnusableTextException("the XML cannot be read%s: %s".formatted(where(e), message(e)));
        } catch (MissingResourceException e) {
            // What the JDK throws where it lacks the text of its own message.
            throw new UnusableTextException("the XML cannot be read: " + Shown.of(e.getKey(), LONGEST_MESSAGE));
        }
    }

    private static Reading read(XMLStreamReader xml, String source) throws XMLStreamException, UnusableTextException {
        LibvirtPieces pieces = new LibvirtPieces();
        StringBuilder text = new StringBuilder();
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    pieces.start(xml.getLocalName(), key -> xml.getAttributeValue(null, key));
                    text.setLength(0);
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    pieces.end(text.toString().strip());
                    text.setLength(0);
                }
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new UnusableTextException("the XML refers to an entity, and a domain defines none");
                default -> {}
            }
        }
        Reading reading = pieces.finish(source);
        if (!source.contains("<domain") && !source.contains("<clock")) {
            reading.remark(
                    "this is a piece of a domain: a timer hypervclock or a CPU that stands elsewhere in it is not seen");
        }
        return reading;
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        return factory;
    }

    private static String where(XMLStreamException e) {
        return e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNumber();
    }

    /** The JDK's message without the position in front of it, in one line. */
    private static String message(XMLStreamException e) {
        String all = String.valueOf(e.getMessage());
        int start = all.indexOf("Message: ");
        String message =
                (start < 0 ? all : all.substring(start + "Message: ".length())).replaceAll("[\\s\\p{Cntrl}]+", " ");
        return Shown.of(message.strip(), LONGEST_MESSAGE);
    }
}
