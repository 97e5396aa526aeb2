package io.nsfl.protocol.archive;

import java.io.IOException;

/** What is wrong with an archive or with the files for one. The message continues a sentence of which the archive is the subject. */
public final class ArchiveException extends IOException {
    ArchiveException(String why) {
        super(why);
    }
}
