package io.nsfl.servicekit.access;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * A request's path in the very form that controllers are found by, so that what is decided about is what is done. Paths that could be
 * read in two ways are refused.
 */
final class RequestPath {
    private RequestPath() {}

    /** @throws FaultException REQUEST_INVALID for a path with dot elements, parameters, encoded separators or control characters */
    static List<String> of(HttpServletRequest request) {
        PathContainer path = ServletRequestPathUtils.parseAndCache(request).pathWithinApplication();
        List<String> elements = new ArrayList<>();
        boolean separated = false;
        for (PathContainer.Element element : path.elements()) {
            if (element instanceof PathSegment segment) {
                elements.add(plain(segment));
                separated = false;
            } else if (separated) {
                throw refused("two slashes in a row");
            } else {
                separated = true;
            }
        }
        return elements;
    }

    private static String plain(PathSegment segment) {
        String value = segment.valueToMatch();
        if (!segment.parameters().isEmpty() || segment.value().indexOf(';') >= 0) {
            throw refused("a semicolon");
        }
        if (value.equals(".") || value.equals("..")) {
            throw refused("an element of dots only");
        }
        if (value.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
            throw refused("an encoded slash, backslash or control character");
        }
        return value;
    }

    private static FaultException refused(String what) {
        return new FaultException(
                Fault.REQUEST_INVALID, "The request's path has " + what + ", which no path of this API has.");
    }
}
