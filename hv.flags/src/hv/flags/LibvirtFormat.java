package hv.flags;

import hv.api.Flags;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A libvirt domain, or the piece of one that somebody pasted. The parser is the JDK's; document types, and with them
 * entities of any kind, are refused, and depth and size are bounded.
 */
final class LibvirtFormat implements Format {
    private static final int DEEPEST = 64;
    private static final int LONGEST_MESSAGE = 120;
    private static final Set<String> ROOTS = Set.of("domain", "features", "hyperv", "cpu", "clock");

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        return text.stripLeading().startsWith("<") ? Optional.of(xml(text.strip())) : Optional.empty();
    }

    @Override
    public Written write(Flags flags) {
        return new LibvirtWriter(flags).write();
    }

    @Override
    public String change(Flags change) {
        return LibvirtWriter.line(change);
    }

    private static Reading xml(String text) throws UnusableTextException {
        if (text.contains("<!DOCTYPE")) {
            throw new UnusableTextException("the XML has a document type (<!DOCTYPE>), which no domain has");
        }
        try {
            XMLStreamReader xml = factory().createXMLStreamReader(new StringReader(text));
            try {
                return read(xml);
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

    private static Reading read(XMLStreamReader xml) throws XMLStreamException, UnusableTextException {
        LibvirtDomain domain = new LibvirtDomain();
        Deque<String> path = new ArrayDeque<>();
        StringBuilder text = new StringBuilder();
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    String name = xml.getLocalName();
                    if (path.isEmpty() && !ROOTS.contains(name)) {
                        throw new UnusableTextException("this is XML but no libvirt domain: its first element is <"
                                + Shown.of(name, LONGEST_MESSAGE) + ">, not <domain>");
                    }
                    if (path.size() == DEEPEST) {
                        throw new UnusableTextException("the XML is more than " + DEEPEST + " elements deep");
                    }
                    domain.start(path.isEmpty() ? "" : path.peek(), name, key -> xml.getAttributeValue(null, key));
                    path.push(name);
                    text.setLength(0);
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    String name = path.pop();
                    domain.end(
                            path.isEmpty() ? "" : path.peek(),
                            name,
                            text.toString().strip());
                    text.setLength(0);
                }
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new UnusableTextException("the XML refers to an entity, and a domain defines none");
                default -> {}
            }
        }
        return domain.finish();
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
