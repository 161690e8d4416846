#include "calendar.h"

#include "date.h"

#include <libical/ical.h>
#include <string.h>

#define PARIS "Europe/Paris"

/* Directive 2000/84/EC: the last Sundays of March and October, at 01:00 UTC. */
static const char zone_text[] =
    "BEGIN:VTIMEZONE\r\nTZID:" PARIS "\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n"
    "END:VTIMEZONE\r\n";

enum { DAY = 86400, HOUR = 3600 };

static int64_t
last_sunday(int year, int month)
{
	date_day day = date_day_of((struct date){ year, month, 31 });

	day -= (date_weekday(day) - DATE_SUNDAY + 7) % 7;
	return (int64_t)day * DAY + HOUR;
}

/* In the time of Paris whatever the zone of this process is: it goes with zone_text. */
static struct icaltimetype
paris(int64_t at)
{
	int year = date_of_day((date_day)(at / DAY)).y;
	bool summer = at >= last_sunday(year, 3) && at < last_sunday(year, 10);
	int64_t local = at + (summer ? 2 : 1) * HOUR;
	struct date d = date_of_day((date_day)(local / DAY));
	struct icaltimetype t = icaltime_null_time();

	t.year = d.y;
	t.month = d.m;
	t.day = d.d;
	t.hour = (int)(local % DAY / HOUR);
	t.minute = (int)(local % HOUR / 60);
	t.second = (int)(local % 60);
	return t;
}

static void
add_local(icalcomponent *event, icalproperty *p)
{
	icalproperty_add_parameter(p, icalparameter_new_tzid(PARIS));
	icalcomponent_add_property(event, p);
}

static void
add_people(struct arena *a, icalcomponent *event, const struct calendar_meeting *m)
{
	char *name = arena_strdup(a, m->organizer_name);
	icalproperty *p = icalproperty_new_organizer(arena_printf(a, "mailto:%s",
	    m->organizer));

	for (char *q = name; *q != '\0'; q++)	/* RFC 5545 3.2: no quotation mark in it */
		if (*q == '"' || (unsigned char)*q < ' ')
			*q = '\'';
	if (name[0] != '\0')
		icalproperty_add_parameter(p, icalparameter_new_cn(name));
	icalcomponent_add_property(event, p);
	p = icalproperty_new_attendee(arena_printf(a, "mailto:%s", m->attendee));
	icalproperty_add_parameter(p, icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL));
	icalproperty_add_parameter(p, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	if (!m->cancel) {
		icalproperty_add_parameter(p,
		    icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
		icalproperty_add_parameter(p, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
	}
	icalcomponent_add_property(event, p);
}

static icalcomponent *
event_of(struct arena *a, const struct calendar_meeting *m)
{
	icaltimezone *utc = icaltimezone_get_utc_timezone();
	icalcomponent *e = icalcomponent_new_vevent();

	icalcomponent_add_property(e, icalproperty_new_uid(m->uid));
	icalcomponent_add_property(e, icalproperty_new_sequence(m->sequence));
	icalcomponent_add_property(e, icalproperty_new_dtstamp(
	    icaltime_from_timet_with_zone((time_t)m->stamp, 0, utc)));
	add_local(e, icalproperty_new_dtstart(paris(m->start)));
	add_local(e, icalproperty_new_dtend(paris(m->start + m->minutes * 60)));
	icalcomponent_add_property(e, icalproperty_new_status(
	    m->cancel ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	icalcomponent_add_property(e, icalproperty_new_class(ICAL_CLASS_PRIVATE));
	icalcomponent_add_property(e, icalproperty_new_summary(m->summary));
	if (m->description[0] != '\0')
		icalcomponent_add_property(e, icalproperty_new_description(m->description));
	if (m->place[0] != '\0')
		icalcomponent_add_property(e, icalproperty_new_location(m->place));
	add_people(a, e, m);
	return e;
}

const char *
calendar_type(const struct calendar_meeting *m)
{
	return m->cancel ? "text/calendar; method=CANCEL; charset=utf-8" :
	    "text/calendar; method=REQUEST; charset=utf-8";
}

enum status
calendar_write(struct arena *a, const struct calendar_meeting *m, struct span *out,
    struct fault *f)
{
	icalcomponent *all = icalcomponent_new_vcalendar();
	icalcomponent *zone = icalcomponent_new_from_string(zone_text);
	char *text = NULL;

	if (zone == NULL || all == NULL) {
		if (all != NULL)
			icalcomponent_free(all);
		return fault_set(f, ST_PERM, "a calendar cannot be made");
	}
	icalcomponent_add_property(all, icalproperty_new_version("2.0"));
	icalcomponent_add_property(all, icalproperty_new_prodid("-//bureaud//FR"));
	icalcomponent_add_property(all, icalproperty_new_calscale("GREGORIAN"));
	icalcomponent_add_property(all, icalproperty_new_method(
	    m->cancel ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST));
	icalcomponent_add_component(all, zone);
	icalcomponent_add_component(all, event_of(a, m));
	text = icalcomponent_as_ical_string_r(all);
	icalcomponent_free(all);
	if (text == NULL)
		return fault_set(f, ST_PERM, "a calendar cannot be written");
	*out = span_of(arena_strdup(a, text));
	icalmemory_free_buffer(text);
	return ST_OK;
}
