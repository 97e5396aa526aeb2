package io.nsfl.proxy.dataplane;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which nginx runs how.
 *
 * @param program a name or a path
 * @param configuration its file
 * @param directory that it may write to; relative paths of the configuration begin there
 */
public record NginxSettings(String program, Path configuration, Path directory) {
    List<String> command(String... more) {
        return Stream.concat(
                        Stream.of(program, "-p", directory.toString(), "-c", configuration.toString()), Stream.of(more))
                .toList();
    }
}
