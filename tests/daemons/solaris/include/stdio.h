/*
 * Copyright (c) 2026 the heliostat.vdc contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#ifndef SHIM_STDIO_H
#define SHIM_STDIO_H

#include <stdarg.h>
#include <sys/types.h>
typedef struct shim_file FILE;
extern FILE *shim_stream(int);
#define stdin shim_stream(0)
#define stdout shim_stream(1)
#define stderr shim_stream(2)
#define EOF (-1)
#define BUFSIZ 1024
#define SEEK_SET 0
#define SEEK_END 2
#define _IOLBF 0100
#define _IONBF 0004
extern int printf(const char *, ...) __attribute__((format(printf, 1, 2)));
extern int fprintf(FILE *, const char *, ...) __attribute__((format(printf, 2, 3)));
extern int snprintf(char *, size_t, const char *, ...) __attribute__((format(printf, 3, 4)));
extern int vfprintf(FILE *, const char *, va_list) __attribute__((format(printf, 2, 0)));
extern int vsnprintf(char *, size_t, const char *, va_list) __attribute__((format(printf, 3, 0)));
extern int sscanf(const char *, const char *, ...) __attribute__((format(scanf, 2, 3)));
extern FILE *fopen(const char *, const char *);
extern FILE *fdopen(int, const char *);
extern int fclose(FILE *);
extern int fflush(FILE *);
extern int fileno(FILE *);
extern int ferror(FILE *);
extern int feof(FILE *);
extern char *fgets(char *, int, FILE *);
extern int fputs(const char *, FILE *);
extern int fgetc(FILE *);
extern int fputc(int, FILE *);
extern int putchar(int);
extern int puts(const char *);
extern size_t fread(void *, size_t, size_t, FILE *);
extern size_t fwrite(const void *, size_t, size_t, FILE *);
extern int rename(const char *, const char *);
extern int remove(const char *);
extern int setvbuf(FILE *, char *, int, size_t);
extern void perror(const char *);

#endif
