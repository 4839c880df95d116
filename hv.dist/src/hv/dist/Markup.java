package hv.dist;

/** Lines of XML. One thread. */
final class Markup {
    private final StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    private int depth;

    /** Opens an element; {@code attributes} are names and values in turn. */
    Markup open(String name, String... attributes) {
        indent();
        text.append(start(name, attributes)).append(">\n");
        depth++;
        return this;
    }

    Markup close(String name) {
        depth--;
        indent();
        text.append("</").append(name).append(">\n");
        return this;
    }

    /** An element with nothing but a text in it. */
    Markup element(String name, String content, String... attributes) {
        indent();
        text.append(start(name, attributes))
                .append('>')
                .append(escaped(content))
                .append("</")
                .append(name)
                .append(">\n");
        return this;
    }

    private static String start(String name, String... attributes) {
        StringBuilder start = new StringBuilder("<").append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            start.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(attributes[i + 1]))
                    .append('"');
        }
        return start.toString();
    }

    private void indent() {
        text.append("  ".repeat(depth));
    }

    private static String escaped(String content) {
        return content.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
