/*
 * countries.h - the countries there are, for forms.
 */
#ifndef WEB_COUNTRIES_H
#define WEB_COUNTRIES_H

/* "DE=Germany|...", by name, as struct field's options. */
extern const char country_options[];

#endif
