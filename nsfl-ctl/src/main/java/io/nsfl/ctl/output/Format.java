package io.nsfl.ctl.output;

import java.io.PrintStream;
import tools.jackson.databind.node.ObjectNode;

/** How a whole document is shown. */
public enum Format {
    yaml,
    json;

    public void print(ObjectNode document, PrintStream out) {
        switch (this) {
            case yaml -> out.print(Yaml.of(document));
            case json -> out.println(IndentedJson.of(document));
        }
    }
}
