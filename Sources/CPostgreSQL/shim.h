#include <libpq-fe.h>

// PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY are character macros, which Swift imports as another type than PQresultErrorField() takes.

/// The five characters of the error code (PostgreSQL manual, appendix A). NULL when the server did not answer.
static inline const char *cpostgresql_sqlstate(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SQLSTATE); }

/// The error's first line, without the detail, which quotes values. NULL when the server did not answer.
static inline const char *cpostgresql_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
