/*
 * hidden.c - lines that a terminal does not show.  See hidden.h.
 */
#include "config.h"

#include "hidden.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/banned.h"

#define LINE_SIZE 4096

int
hidden_is_terminal(void)
{
	return isatty(STDIN_FILENO);
}

/* One line without its end; "" at the end of the input. */
static char *
read_line(struct mem *m)
{
	char line[LINE_SIZE] = "";

	if (fgets(line, sizeof(line), stdin) == NULL)
		return mem_strdup(m, "");
	line[strcspn(line, "\r\n")] = '\0';
	return mem_strdup(m, line);
}

static volatile sig_atomic_t is_interrupted;

static void
on_interrupt(int signo)
{
	(void)signo;
	is_interrupted = 1;
}

/* A line that the terminal does not show.  An interrupt ends the program, but
 * never with a terminal that stays mute. */
char *
hidden_line(struct mem *m, const char *prompt)
{
	struct sigaction catch = { .sa_handler = on_interrupt }, before;
	struct termios shown, hidden;
	char *line;

	if (!hidden_is_terminal())
		return read_line(m);
	fputs(prompt, stderr);
	tcgetattr(STDIN_FILENO, &shown);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	sigaction(SIGINT, &catch, &before);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	line = read_line(m);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	sigaction(SIGINT, &before, NULL);
	fputc('\n', stderr);
	if (is_interrupted)
		raise(SIGINT);
	return line;
}
