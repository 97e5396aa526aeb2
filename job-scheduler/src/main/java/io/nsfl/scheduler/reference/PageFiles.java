package io.nsfl.scheduler.reference;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.MediaType;

/** The files of the page: its own, and those that it needs of Swagger UI, whichever version is on the class path. Nothing else is served. */
public final class PageFiles {
    static final String INDEX = "index.html";

    private static final MediaType SCRIPT = MediaType.parseMediaType("text/javascript;charset=UTF-8");
    private static final MediaType STYLE = MediaType.parseMediaType("text/css;charset=UTF-8");
    private static final MediaType PAGE = MediaType.parseMediaType("text/html;charset=UTF-8");
    private static final String OWN = "classpath:/reference/";
    private static final String SWAGGER = "classpath*:/META-INF/resources/webjars/swagger-ui/*/";

    private final Map<String, Source> sources = Map.of(
            INDEX,
            new Source(OWN, PAGE),
            "page.js",
            new Source(OWN, SCRIPT),
            "swagger-ui-bundle.js",
            new Source(SWAGGER, SCRIPT),
            "swagger-ui.css",
            new Source(SWAGGER, STYLE),
            "favicon-32x32.png",
            new Source(SWAGGER, MediaType.IMAGE_PNG));

    private record Source(String place, MediaType type) {}

    /** A file as it is served. */
    record PageFile(MediaType type, byte[] content) {}

    Optional<PageFile> find(String name) {
        return Optional.ofNullable(sources.get(name))
                .map(source -> new PageFile(source.type(), read(source.place() + name)));
    }

    private static byte[] read(String pattern) {
        try {
            Resource[] found = new PathMatchingResourcePatternResolver().getResources(pattern);
            if (found.length == 0) {
                throw new IOException(pattern + " is not on the class path");
            }
            try (InputStream in = found[0].getInputStream()) {
                return in.readAllBytes();
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
